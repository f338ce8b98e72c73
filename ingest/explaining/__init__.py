"""Sentences about neurons: how they are asked for, simulated, judged and scored.

Source: Bills et al., *Language models can explain neurons in language models* (2023); detection
and fuzzing after Paulo et al., *Automatically Interpreting Millions of Features in Large
Language Models* (2024). Everything here is pure: examples in, prompts and numbers out.
"""
