"""The way back: what is in a graph or a pack, in the formats that others read.

asked           what of a graph is wanted, and walking through it page by page
folder          a folder that appears whole or not at all
json_files      large JSON documents, piece by piece
tables          a pack's tables as JSON Lines, or as a data set of the Hugging Face hub
neuronpedia     a graph in the layout of Neuronpedia's exports, with its circuits
n2g             token graphs as Neuron to Graph's files: n2g_dot, n2g_index
openai          what is known of MLP neurons as OpenAI's files: openai_explained, openai_related
signs           lists by size parted by sign
registry        the formats by name
"""
