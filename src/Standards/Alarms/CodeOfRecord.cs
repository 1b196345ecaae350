namespace Yunnao.Standards.Alarms;

/// <summary>A code that a record is counted under.</summary>
/// <param name="Item">Item that holds it.</param>
/// <param name="ValueSet">The codes that count.</param>
/// <param name="Prefixes">
/// Null: the item holds the code itself. Else the attribute of the value set that lists, separated by blanks, the beginnings of the item's
/// values that mean the code (ICD-10 categories of a notifiable disease); the longest beginning
/// decides, and of codes with the same one the longest code (a part of a disease before the disease).
/// </param>
public sealed record CodeOfRecord(string Item, string ValueSet, string? Prefixes);
