"""What docs/security.md promises, attacked from outside: each file is named by the number of its line."""
