namespace Yunnao.Formats.Hl7v2;

/// <summary>A segment of the message at hand: where it is, where its fields are, and to which patient and order of the message it belongs.</summary>
/// <param name="Name">The three letters, packed by <see cref="SegmentName"/>.</param>
/// <param name="FirstField">Index of its first field (its name is field 0) among the starts of all fields.</param>
/// <param name="Fields">Fields it has, its name included.</param>
/// <param name="Patient">Number of the patient group, from 1: a second PID starts the second. Before the first PID it is 1.</param>
/// <param name="Order">Number of the order group, from 1, or 0 outside of any.</param>
internal readonly record struct Segment(int Name, int Start, int End, int FirstField, int Fields, int Patient, int Order);
