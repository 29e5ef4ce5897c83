"""What routes share: parameters, answers, problems."""
