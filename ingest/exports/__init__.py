"""The way back: what is in a graph or a pack, in the formats that others read.

folder          a folder that appears whole or not at all
tables          a pack's tables as JSON Lines, or as a data set of the Hugging Face hub
neuronpedia     a graph in the layout of Neuronpedia's exports
"""
