using System.Globalization;
using ScottPlot;
using SkiaSharp;
using Yunnao.Kernel;

namespace Yunnao.Reports;

/// <summary>Draws curves with ScottPlot, without a screen.</summary>
public static class CurvePlot
{
    private const int Width = 960;
    private const int Height = 420;

    // Names of months beside each other.
    private const int MostMonths = 14;

    private static readonly Color BarColor = Color.FromHex("#8fb3d9");
    private static readonly Color[] LineColors = [Color.FromHex("#1f4e8c"), Color.FromHex("#7a4fa3"), Color.FromHex("#2e7d4f"), Color.FromHex("#b5651d"), Color.FromHex("#0e7c86"), Color.FromHex("#8c2f5a"), Color.FromHex("#4d565f")];
    private static readonly Color LimitColor = Color.FromHex("#c77700");
    private static readonly Color AlarmColor = Color.FromHex("#c0392b");

    /// <summary>Writes pictures below each other into one file. Problems: <c>report.picture</c> (neither .png nor .svg), <c>report.unwritable</c>.</summary>
    public static Problem? Save(IReadOnlyList<Curve> curves, string file, ReportFont font)
    {
        try
        {
            switch (Path.GetExtension(file).ToLowerInvariant())
            {
                case ".png":
                    File.WriteAllBytes(file, Png(curves, font));
                    return null;
                case ".svg":
                    File.WriteAllText(file, Svg(curves, font, withTexts: true));
                    return null;
                default:
                    return new(ProblemKind.Incorrect, "report.picture", "A picture is a .png or a .svg file.", new(file));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(ProblemKind.Unavailable, "report.unwritable", "The file cannot be written.", new(file));
        }
    }

    /// <summary>A picture as an SVG document without title, name of the axis and legend: a page has them as texts (<see cref="Legend"/>).</summary>
    internal static string SvgWithoutTexts(Curve curve, ReportFont font) => Svg([curve], font, withTexts: false);

    /// <summary>What the legend of a picture says: each name with its colour, as <c>#rrggbb</c>.</summary>
    internal static IEnumerable<(string Label, string Color)> Legend(Curve curve) => curve.Lines.Zip(Colors(curve), (line, color) => (line.Label, color.ToHex()));

    /// <summary>Draws a picture into a rectangle of a canvas.</summary>
    internal static void Draw(SKCanvas canvas, Curve curve, SKRect into, ReportFont font, bool withTexts = true)
    {
        canvas.Save();
        canvas.Translate(into.Left, into.Top);
        canvas.Scale(into.Width / Width, into.Height / Height);

        // A plot paints the whole canvas before it draws.
        canvas.ClipRect(new SKRect(0, 0, Width, Height));
        using var plot = Plot(curve, font, withTexts);
        plot.Render(canvas, new PixelRect(0, Width, Height, 0));
        canvas.Restore();
    }

    /// <summary>Height over width of a picture.</summary>
    internal static float Shape => Height / (float)Width;

    private static byte[] Png(IReadOnlyList<Curve> curves, ReportFont font)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Width, Height * curves.Count));
        surface.Canvas.Clear(SKColors.White);
        DrawAll(surface.Canvas, curves, font);
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static string Svg(IReadOnlyList<Curve> curves, ReportFont font, bool withTexts)
    {
        using var buffer = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, Height * curves.Count), buffer)) DrawAll(canvas, curves, font, withTexts);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void DrawAll(SKCanvas canvas, IReadOnlyList<Curve> curves, ReportFont font, bool withTexts = true)
    {
        for (var i = 0; i < curves.Count; i++) Draw(canvas, curves[i], new SKRect(0, Height * i, Width, Height * (i + 1)), font, withTexts);
    }

    private static Plot Plot(Curve curve, ReportFont font, bool withTexts)
    {
        var plot = new Plot();
        var days = curve.Lines.SelectMany(l => l.Days).Distinct().Order().ToList();
        var months = days.TrueForAll(d => d.Day == 1);
        foreach (var (line, color) in curve.Lines.Zip(Colors(curve))) Add(plot, line, color, months);
        if (curve.Level is { } level) plot.Add.HorizontalLine(level, 1, LimitColor, LinePattern.Dotted);
        if (months) plot.Axes.Bottom.TickGenerator = Months(days);
        else plot.Axes.DateTimeTicksBottom().TickGenerator = new ScottPlot.TickGenerators.DateTimeAutomatic { LabelFormatter = day => day.ToString("yyyy-MM-dd") };
        plot.Axes.Margins(bottom: 0, top: 0.12);
        var values = curve.Lines.SelectMany(l => l.Upper ?? l.Values).Where(double.IsFinite).DefaultIfEmpty(1);
        var (low, high) = curve.Range ?? (0, Math.Max(1, values.Max()) * 1.15);
        plot.Axes.SetLimitsY(low, high);
        plot.Font.Set(font.Name);
        if (!withTexts)
        {
            plot.HideLegend();
            return plot;
        }

        plot.Title(curve.Title);
        plot.YLabel(curve.Axis);

        // Below the picture, where it hides nothing of it.
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.ShowLegend(Edge.Bottom);
        plot.Legend.FontName = font.Name;
        return plot;
    }

    /// <summary>A tick at the first of each month, of so many that their names have room.</summary>
    private static ScottPlot.TickGenerators.NumericManual Months(List<DateOnly> days)
    {
        var step = 1 + (days.Count / MostMonths);
        var shown = days.Where((_, i) => i % step == 0).ToList();
        return new([.. shown.Select(Position)], [.. shown.Select(d => d.ToString("yyyy-MM", CultureInfo.InvariantCulture))]);
    }

    private static double Position(DateOnly day) => day.ToDateTime(TimeOnly.MinValue).ToOADate();

    /// <summary>The colour of each line.</summary>
    private static IEnumerable<Color> Colors(Curve curve)
    {
        var lines = 0;
        foreach (var line in curve.Lines)
        {
            yield return line.Style switch
            {
                CurveStyle.Bars => BarColor,
                CurveStyle.Limit => LimitColor,
                CurveStyle.Marks => AlarmColor,
                CurveStyle.Line => LineColors[lines++ % LineColors.Length],
                _ => LineColors[0],
            };
        }
    }

    private static void Add(Plot plot, CurveLine line, Color color, bool months)
    {
        var points = line.Days.Select((day, i) => (X: Position(day), Y: line.Values[i], Upper: line.Upper?[i] ?? double.NaN))
            .Where(p => double.IsFinite(p.Y)).ToList();
        if (points.Count == 0) return;
        double[] xs = [.. points.Select(p => p.X)], ys = [.. points.Select(p => p.Y)];
        switch (line.Style)
        {
            case CurveStyle.Bars:
                var width = xs.Length > 1 ? xs.Zip(xs.Skip(1), (a, b) => b - a).Min() : 1;
                var bars = plot.Add.Bars(points.ConvertAll(p => new Bar { Position = p.X, Value = p.Y, Size = width, FillColor = color, LineWidth = 0 }));
                bars.LegendText = line.Label;
                break;
            case CurveStyle.Band:
                var band = plot.Add.FillY(xs, ys, [.. points.Select(p => p.Upper)]);
                (band.FillColor, band.LineWidth, band.LegendText) = (color.WithAlpha(.18), 0, line.Label);
                break;
            case CurveStyle.Marks:
                var marks = plot.Add.Markers(xs, ys, MarkerShape.FilledTriangleDown, 9, color);
                marks.LegendText = line.Label;
                break;
            default:
                // A month that stands alone between months without a value is seen by its point.
                var drawn = months ? plot.Add.Scatter(xs, ys, color) : plot.Add.ScatterLine(xs, ys, color);
                (drawn.LineWidth, drawn.LegendText) = (1.6f, line.Label);
                if (line.Style == CurveStyle.Limit) drawn.LinePattern = LinePattern.Dashed;
                break;
        }
    }
}
