using Yunnao.Standards;

namespace Yunnao.Services.Mapping;

/// <summary>A column proposed as the source of an item.</summary>
/// <param name="Confidence">0–1.</param>
/// <param name="NameReason">What of the name fits: name, name_zh, name_en, element, mapping, pinyin; empty when nothing does.</param>
/// <param name="ValueReason">What was looked at in the values: codes, code-names, local-codes, time, number, boolean, id-number, phone, key, text, empty.</param>
/// <param name="Format">strptime format of its times, or null for the usual forms.</param>
/// <param name="Codes">Local value → code where a code map is proposed; empty otherwise.</param>
public sealed record ItemGuess(
    SampleColumn Column, Item Item, double Confidence, string NameReason, string ValueReason, string? Format, IReadOnlyDictionary<string, string> Codes);
