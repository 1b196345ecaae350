namespace Yunnao.Services;

/// <summary>Tables of facts that are part of the program: CSV without quotes, a header line first.</summary>
internal static class EmbeddedTable
{
    /// <summary>The cells of the rows below the header.</summary>
    /// <param name="name">Logical name of the resource.</param>
    public static List<string[]> Rows(string name)
    {
        using var stream = typeof(EmbeddedTable).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is missing from the program.");
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Select(l => l.Split(','))];
    }
}
