namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>From modality values to 0 to 255: a table, or a window (PS3.3 C.11.2).</summary>
internal sealed class Voi
{
    private readonly LookupTable? _table;
    private readonly WindowFunction _function;
    private readonly double _center;
    private readonly double _width;

    private Voi(LookupTable? table, WindowFunction function, double center, double width)
    {
        (_table, _function, _center, _width) = (table, function, center, width);
    }

    /// <param name="extremes">Least and most value of the frame, for an object without window.</param>
    public static Voi Of(DicomDataSet set, RenderOptions options, Modality modality, Func<(double Least, double Most)> extremes)
    {
        var function = options.Function ?? set.GetString(Tags.VoiLutFunction) switch
        {
            "LINEAR_EXACT" => WindowFunction.LinearExact,
            "SIGMOID" => WindowFunction.Sigmoid,
            _ => WindowFunction.Linear,
        };
        if (options.WindowCenter is { } center && options.WindowWidth is { } width) return Window(function, center, width);
        var tables = set.GetItems(Tags.VoiLutSequence);
        if (tables.Count > 0)
        {
            var index = Math.Clamp(options.Voi, 0, tables.Count - 1);
            if (LookupTable.Of(tables[index], Tags.LutDescriptor, Tags.LutData, modality.IsSigned) is { } table) return new(table, function, 0, 0);
        }

        var (c, w) = (set.GetNumber(Tags.WindowCenter, options.Voi), set.GetNumber(Tags.WindowWidth, options.Voi));
        if (c is null || w is null) (c, w) = (set.GetNumber(Tags.WindowCenter), set.GetNumber(Tags.WindowWidth));
        if (c is { } own && w is { } ownWidth && ownWidth > 0) return Window(function, own, ownWidth);
        var (least, most) = extremes();
        return new(null, WindowFunction.LinearExact, (least + most) / 2, Math.Max(most - least, 1e-9));
    }

    /// <summary>The level of a value, 0 to 255.</summary>
    public byte Level(double value)
    {
        if (_table is not null) return (byte)(_table.Map((long)value) * 255L / ((1 << _table.Bits) - 1));
        var level = _function switch
        {
            WindowFunction.Sigmoid => 255 / (1 + Math.Exp(-4 * (value - _center) / _width)),
            WindowFunction.LinearExact => ((value - _center) / _width + 0.5) * 255,
            _ => _width <= 1 ? (value <= _center - 0.5 ? 0 : 255) : ((value - (_center - 0.5)) / (_width - 1) + 0.5) * 255,
        };
        return (byte)Math.Clamp(Math.Round(level), 0, 255);
    }

    private static Voi Window(WindowFunction function, double center, double width) => new(null, function, center, Math.Max(width, function == WindowFunction.Linear ? 1 : 1e-9));
}
