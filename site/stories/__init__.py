"""News and stories: dated pieces, the agenda, vacancies and published figures.

They stand in the section with the id `news`, in a folder for each year. What is shown depends on
the day: a piece comes out on its date, a vacancy is gone after its closing date, an event is past
the day after it.
"""
