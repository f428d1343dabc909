"""The first run: what a new operator is asked, tried and given.

``presets``    what is known about each mail provider, read from providers.toml
``questions``  what is asked, as rows
``interview``  the questions, asked in order; each server tried when it is known
``writing``    the answers → a configuration folder, whole or not at all
"""
