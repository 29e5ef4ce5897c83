"""What pages share: templates, moments, problems at fields."""
