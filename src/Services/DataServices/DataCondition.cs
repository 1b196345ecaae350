namespace Yunnao.Services.DataServices;

/// <summary>A condition on an item as it was written: <c>item=ge:5</c> in an address, <c>"item": {"ge": 5}</c> in a body.</summary>
/// <param name="Name">Item or system column.</param>
/// <param name="Word">eq, ne, lt, le, gt, ge, in, prefix or null.</param>
/// <param name="Values">One value; of <c>in</c> any number.</param>
public sealed record DataCondition(string Name, string Word, IReadOnlyList<string> Values)
{
    /// <summary>The words of conditions.</summary>
    public static readonly string[] Words = ["eq", "ne", "lt", "le", "gt", "ge", "in", "prefix", "null"];

    /// <summary>Reads <c>word:value</c>; a text that begins with no word is a value that is meant to be equal. The values of <c>in</c> are parted by commas.</summary>
    public static DataCondition Of(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var word = colon > 0 ? Array.Find(Words, w => text.AsSpan(0, colon).SequenceEqual(w)) : null;
        var value = word is null ? text : text[(colon + 1)..];
        return new(name, word ?? "eq", word == "in" ? value.Split(',') : [value]);
    }
}
