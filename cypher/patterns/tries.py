"""Conditions on the tries of token graphs: patterns by position, and motifs.

A *pattern* of a token graph is a way from an activating node along PRECEDED_BY to a node that
ends one: `is_end` is true there and `activation` is known. The way may have that node alone.
Its nodes stand at the distances 0, 1, 2 … tokens back from the activating token. A pattern
*fires* if the activation at its end lies in a range, as a share of the neuron's maximum.

A node *names* the tokens that it MATCHES. One that accepts any token (`ignore`) names none.
"""

from __future__ import annotations

from dataclasses import dataclass

from cypher.patterns.values import Between, TokenSet

LONGEST = 30
"""How many tokens a pattern may look back: no path in a statement is without an end."""
FIRES = 0.5
"""The activation from which a neuron counts as firing: what token graphs are made with."""
FIRING = Between(FIRES)


@dataclass(frozen=True, slots=True)
class Context:
    """Tokens that stand, or do not stand, somewhere before the activating token."""

    tokens: tuple[TokenSet, ...]
    """Any of any of these; at least one."""
    nearest: int = 1
    """In tokens back from the activating one; the token right before it stands at 1."""
    farthest: int = LONGEST
    """At least `nearest`."""

    def holds_at(self, distance: int) -> bool:
        """Whether a node at this distance is meant."""
        return self.nearest <= distance <= self.farthest


@dataclass(frozen=True, slots=True)
class TokenPattern:
    """One pattern of one of the neuron's token graphs does all that is asked.

    * it fires, with an activation in `activation`;
    * its activating node names one of `fires_on`;
    * for each of `when`, one of its nodes at a distance in the range names one of the tokens;
    * for each of `without`, none of its nodes at a distance in the range does.

    So it fires although nothing asks for what stands in `without`; another pattern of the
    neuron may. Nodes behind the end of the pattern are not its own.
    """

    fires_on: tuple[TokenSet, ...] = ()
    """Any of any of these; empty for any token, a node that accepts any included."""
    when: tuple[Context, ...] = ()
    without: tuple[Context, ...] = ()
    activation: Between = FIRING


@dataclass(frozen=True, slots=True)
class Repeats:
    """A pattern that fires has a node behind the activating one that names a token which the
    activating one names too: it fires on a token that has been there before (induction).
    """

    least: float = FIRES
    """The activation from which a pattern fires; `cypher.motifs` finds the strongest one."""


@dataclass(frozen=True, slots=True)
class Unconnected:
    """One of its token graphs has so many activating nodes that are unconnected: no token is
    named both by the node, or a node that leads back from it, and by another activating node,
    or one that leads back from that.
    """

    nodes: Between
