"""What a model's weights alone say of its neurons: what they read, write and connect to.

Three weights, with the norms folded in (GPT-2's names for the matrices; `wte[t]` is token t's
embedding, `ln_2` the norm before the reading MLP, `ln_f` the one before the unembedding, `.g`
a norm's gain):

    neuron n1 to neuron n2 of a later layer    c_proj.w[n1] @ diag(ln_2.g) @ c_fc.w[:, n2]
    token t to neuron n (`READS`)              wte[t] @ diag(ln_2.g) @ c_fc.w[:, n]
    neuron n to token t (`WRITES`)             c_proj.w[n] @ diag(ln_f.g) @ unembedding[:, t]

They are the direct paths through the residual stream: what passes through attention or
through another neuron is not in them. A norm's division by the stream's size is left out, for
it is the same for all neurons of a layer at a token; so is a LayerNorm's subtraction of the
mean, as in the definition; so is a factor that a family puts on all of its embeddings or on
all that its MLPs write (Gemma, Granite), for it changes no order. Where a second norm stands
between the MLP and the stream (Gemma 2 and 3, OLMo 2) or between the neurons and `c_proj`
(SoLU's), its gain is folded into `c_proj`.

In a gated MLP, `down(act(gate(x)) * up(x))`, `c_fc` is the gate's matrix and `c_proj` is
`down`: the gate is what goes through the activation function, as in an MLP without one, and so
decides whether the neuron fires. `up` could not stand in for it: with the signs of a neuron's
rows of `up` and of `down` both turned, the model computes the same. A weight to a token says
what a positive activation does; a negative one, which `up` can make, does the opposite.
"""

from __future__ import annotations

KEPT = 20
"""Largest, and as many smallest, weights that are kept of a neuron, of each kind."""
