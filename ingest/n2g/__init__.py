"""Neuron to Graph: a neuron's behaviour as a trie of tokens that can be read, searched and run.

Source: Foote et al., *Neuron to Graph: Interpreting Language Model Neurons at Scale* (2023).
Everything here is pure: token ids in, tries and numbers out; the model is a `Protocol`.
"""
