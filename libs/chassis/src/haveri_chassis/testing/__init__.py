"""What tests of every workspace member may lean on: real servers, unique organisations, a browser."""
