"""Reading a whole plant from a document."""
