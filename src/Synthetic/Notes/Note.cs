namespace Yunnao.Synthetic.Notes;

/// <summary>A note of a record with what identifies people in it.</summary>
/// <param name="Names">The patient's name and the relatives' names, as a vault knows them.</param>
/// <param name="Truth">What was put in, in the order of the text.</param>
public sealed record Note(string Text, IReadOnlyList<string> Names, IReadOnlyList<NoteSpan> Truth);
