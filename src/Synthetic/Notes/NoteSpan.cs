namespace Yunnao.Synthetic.Notes;

/// <summary>A stretch of a note, in UTF-16 code units, and what it is: name, stranger (a name no vault relates to the patient), id, phone, address, institution, number, date, email, plate, account.</summary>
public readonly record struct NoteSpan(int Start, int Length, string Kind);
