"""What deploy/confirm-live does: facts that only a live AWS account can confirm, looked at there."""
