"""Who calls and what they may: sign-in, sessions, tokens, and the door of every route."""
