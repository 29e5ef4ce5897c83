"""How members are called in chat, and how an incident's channel is told what its escalation does."""
