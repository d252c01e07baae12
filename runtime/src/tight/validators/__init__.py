"""One module for each library whose models may annotate a parameter."""
