"""`python -m tight_tasks` is the program `tight`."""

from tight_tasks.program import main

if __name__ == "__main__":
    main()
