"""What an operator looks at: metrics, health, and which processes are alive."""
