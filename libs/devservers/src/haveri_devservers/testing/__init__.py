"""What tests of every workspace member may lean on: real servers, unique organisations, a browser.

The fixtures are in `plugin`, which pytest finds by itself.
"""
