"""Neuron to Graph as it was published: a baseline to judge our own method (`ingest.n2g`) against.

Source: Foote et al., *Neuron to Graph: Interpreting Language Model Neurons at Scale* (2023), and
what its public implementation is known to do. Its weaknesses belong to it and are kept:

1. `prune`: one pivot per text, its strongest token; suffixes of 5, 10, … 30 tokens; the last one
   is taken even if the neuron does not fire there; up to 5 tokens after the pivot are added.
2. `saliency`: each token of what is left is replaced by one neutral token; the importance is
   measured for every token that fires, not for the pivot alone.
3. `lines`: what a firing token needs, backwards; tokens that do not matter are "ignore".
4. `grow` and `merge`: the trie. An end that is there keeps its first value, and siblings of an
   "ignore" node are merged into it.
5. `predict`: an exact child before an "ignore" node, the deepest end, no way back.

It differs from the published implementation in four places:

* Token ids are cut, never joined to text and tokenised again, which would change them.
* The token that begins a text is no part of it: it is neither a pivot nor a node.
* No word is replaced by a second language model's proposals (the paper's augmentation). In the
  implementation only whole words are replaced, and a vocabulary of word pieces has few.
* A token that begins a word stays another one than the same letters within a word, unless
  `Vocabulary.of` is told otherwise: see there.

Everything here is pure: token ids in, tries and numbers out; the model is a `Protocol`.
"""
