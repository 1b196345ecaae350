namespace Yunnao.Formats.Dicom.Deidentification;

/// <summary>A row of PS3.15 table E.1-1.</summary>
/// <param name="Mask">Bits of the tag that count.</param>
/// <param name="Value">What they are.</param>
/// <param name="Cells">Action codes: the basic profile's, then those of the options, in the order of <c>deid.csv</c>.</param>
internal sealed record DeidRule(uint Mask, uint Value, string[] Cells)
{
    /// <summary>Columns of <c>deid.csv</c> after the tag.</summary>
    private const int Basic = 0, Uids = 2, Device = 3, Institution = 4, Patient = 5, FullDates = 6, ModifiedDates = 7, Descriptors = 8, Structured = 9, Graphics = 10;

    private static readonly (DeidOptions Option, int Column)[] Columns =
    [
        (DeidOptions.RetainUids, Uids), (DeidOptions.RetainDevice, Device), (DeidOptions.RetainInstitution, Institution), (DeidOptions.RetainPatient, Patient),
        (DeidOptions.RetainFullDates, FullDates), (DeidOptions.ShiftDates, ModifiedDates), (DeidOptions.CleanDescriptors, Descriptors),
        (DeidOptions.CleanStructured, Structured), (DeidOptions.CleanGraphics, Graphics),
    ];

    private static readonly Lazy<(Dictionary<uint, DeidRule> Exact, DeidRule[] Masked)> Table = new(Load);

    /// <summary>The rule of a tag, or null: then the element stays.</summary>
    public static DeidRule? Find(DicomTag tag)
    {
        if (Table.Value.Exact.TryGetValue(tag.Value, out var rule)) return rule;
        foreach (var masked in Table.Value.Masked)
            if ((tag.Value & masked.Mask) == masked.Value) return masked;
        return null;
    }

    /// <summary>The action code under some options: an option's own where it has one, keeping before cleaning, else the basic profile's.</summary>
    public string Action(DeidOptions options)
    {
        var action = "";
        foreach (var (option, column) in Columns)
            if ((options & option) != 0 && Cells[column] is { Length: > 0 } cell && action != "K") action = cell;
        return action.Length > 0 ? action : Cells[Basic];
    }

    private static (Dictionary<uint, DeidRule> Exact, DeidRule[] Masked) Load()
    {
        var text = FactsFile.Read("deid.csv");
        var (exact, masked) = (new Dictionary<uint, DeidRule>(), new List<DeidRule>());
        for (var line = FactsFile.NextLine(text, 0); line < text.Length; line = FactsFile.NextLine(text, line))
        {
            var (mask, value) = (0u, 0u);
            foreach (var c in FactsFile.Field(text, line, 0))
            {
                mask = (mask << 4) | (c == 'x' ? 0 : 0xFu);
                value = (value << 4) | (c == 'x' ? 0 : (uint)Convert.ToInt32(((char)c).ToString(), 16));
            }

            var cells = new string[11];
            for (var i = 0; i < cells.Length; i++) cells[i] = FactsFile.String(FactsFile.Field(text, line, i + 1));
            var rule = new DeidRule(mask, value, cells);
            if (mask == uint.MaxValue) exact.TryAdd(value, rule);
            else masked.Add(rule);
        }

        return (exact, [.. masked]);
    }
}
