using Yunnao.Standards;

namespace Yunnao.Services.RegistryImport;

/// <summary>A row of a registry file by column. A cell that is not set is empty; cells are kept as one line without control characters.</summary>
internal sealed class Row
{
    private readonly Dictionary<string, string> _cells = new(StringComparer.Ordinal);

    public string this[string column]
    {
        get => _cells.GetValueOrDefault(column, "");
        set => _cells[column] = Clean(value);
    }

    /// <summary>Columns that were set.</summary>
    public IEnumerable<string> Columns => _cells.Keys;

    /// <summary>Removes a cell.</summary>
    /// <returns>What was in it.</returns>
    public string Take(string column) => _cells.Remove(column, out var value) ? value : "";

    /// <summary>A text in both languages; where the source has it in one language only it stands in both columns.</summary>
    public Row Name(string zh, string en, string what = "name")
    {
        this[$"{what}_zh"] = zh.Length > 0 ? zh : en;
        this[$"{what}_en"] = en.Length > 0 ? en : zh;
        return this;
    }

    /// <summary>Both languages of a text as they are.</summary>
    public Row Both(Names names, string what)
    {
        this[$"{what}_zh"] = names.Zh;
        this[$"{what}_en"] = names.En;
        return this;
    }

    /// <summary>A text as it stands in a cell: control characters and line breaks become blanks.</summary>
    public static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        return text.AsSpan().ContainsAnyInRange('\0', '\x1F') || text.Contains('\x7F') || text.AsSpan().ContainsAnyInRange('\x80', '\x9F')
            ? string.Join(' ', string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : text.Trim();
    }
}
