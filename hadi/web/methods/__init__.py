"""How the numbers are made: the explanations of `docs/explanation/`, read inside the product."""
