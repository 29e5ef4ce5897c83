"""Starting, watching and stopping processes: synchronous and without threads, so that forking is safe at any time."""
