"""The command line: a file per noun, the same verbs as everywhere."""
