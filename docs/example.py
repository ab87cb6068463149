# %% [markdown]
# # From a recording to ten answers
#
# A notebook-style example: every `# %%` is a cell. It runs as it stands, on a simulated session
# that the program makes itself; put your own file in the second cell.

# %% The simulated session: nobody ran this
import backstride
from backstride.simulation import demo_session

recording = demo_session().recording

# %% Or your own
# recording = backstride.read("my-run.fit")

# %% What the device recorded: a track with a clock of its own, in SI units, missing is NaN
track = recording.track("record")
assert track is not None
print(recording.device, recording.start_utc, f"{recording.duration_s / 60:.0f} min")
print(track.columns)
print("mean heart rate", track.column("heart_rate_bpm").mean().round())

# %% Which part was run in which direction, how surely, and who says so
analysis = backstride.analyze(recording, athlete=backstride.Athlete(mass_kg=62))
for bout in analysis.bouts.of(backstride.Direction.BACKWARD):
    print(f"{bout.start_s:6.0f} to {bout.end_s:6.0f} s, {bout.probability:.2f} by {bout.origin}")

# %% Your own word wins over everything; disagreement is kept
corrected = backstride.analyze(
    recording, declared=[backstride.Declared(0, 60, backstride.Direction.BACKWARD)]
)
print(corrected.bouts.items[0], corrected.bouts.disagreements)

# %% The ten answers: a finding with interval, grade and sources, or what is missing
assessment = backstride.assess(analysis)
for answer in assessment.findings:
    if isinstance(answer, backstride.Finding):
        print(
            f"{answer.benefit}: {answer.value:.3g} {answer.unit} "
            f"({answer.low:.3g} to {answer.high:.3g}), grade {answer.grade}, {answer.sources}"
        )
    else:
        print(f"{answer.benefit}: not assessable, {answer.missing}")

# %% The page that the command line writes; a notebook shows it
page = backstride.show(analysis, assessment)
print(page)
