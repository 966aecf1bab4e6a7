"""Keeps conversations, replies, feedback and gaps. One contract, run over every implementation."""
