"""Numbers turned into small, plain chart specifications.

A specification holds positions and the figures to write beside them, nothing about colours or
languages: the same one is drawn by a template as SVG (mail, print, no JavaScript) and made
interactive by the browser.
"""
