using SkiaSharp;
using Yunnao.Kernel;

namespace Yunnao.Reports;

/// <summary>A report as a PDF file, A4, with the font embedded. Written by Skia, which ScottPlot draws with anyway.</summary>
public static class PdfReport
{
    private const float PageWidth = 595;
    private const float PageHeight = 842;
    private const float Margin = 48;
    private const float Width = PageWidth - (2 * Margin);

    /// <summary>Writes the report. Problem: <c>report.no-font</c> (it is Chinese and the font cannot write that), <c>report.unwritable</c>.</summary>
    public static Problem? Save(ReportDocument report, string file, ReportFont font)
    {
        if (!font.Chinese && report.Language.StartsWith("zh", StringComparison.Ordinal))
        {
            return new(
                ProblemKind.NotFound, "report.no-font", "No font of this system can write Chinese. Install one (for example Noto Sans CJK), or name a font file with --font.");
        }

        try
        {
            using var stream = File.Create(file);
            using var document = SKDocument.CreatePdf(stream, new SKDocumentPdfMetadata { Title = report.Title, Producer = "Yunnao" });
            using var pages = new Pages(document, font);
            pages.Write(report);
            pages.End();
            document.Close();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(ProblemKind.Unavailable, "report.unwritable", "The file cannot be written.", new(file));
        }
    }

    /// <summary>Fills pages from top to bottom.</summary>
    private sealed class Pages(SKDocument document, ReportFont font) : IDisposable
    {
        private readonly SKPaint _ink = new() { Color = new SKColor(0x1b, 0x27, 0x33), IsAntialias = true };
        private readonly SKPaint _rule = new() { Color = new SKColor(0xd0, 0xd8, 0xe0), StrokeWidth = 0.6f };
        private SKCanvas? _canvas;
        private float _y;
        private int _page;

        public void Write(ReportDocument report)
        {
            Text(report.Title, 20, 6);
            Text(report.Subtitle, 10, 10);
            foreach (var block in report.Blocks)
            {
                if (block.Heading is { } heading) Heading(heading);
                else if (block.Paragraph is { } paragraph) Text(paragraph, 10, 6);
                else if (block.Table is { } table) Table(table);
                else if (block.Picture is { } picture) Picture(picture);
            }
        }

        public void End()
        {
            if (_canvas is null) return;
            using var small = Font(8);
            _canvas.DrawText($"{_page}", PageWidth / 2, PageHeight - 24, SKTextAlign.Center, small, _ink);
            document.EndPage();
            _canvas = null;
        }

        public void Dispose()
        {
            _ink.Dispose();
            _rule.Dispose();
        }

        private void Heading(string text)
        {
            Room(60);
            _y += 10;
            Text(text, 13, 2);
            _canvas!.DrawLine(Margin, _y, Margin + Width, _y, _rule);
            _y += 8;
        }

        private void Picture(Curve picture)
        {
            var height = Width * CurvePlot.Shape;
            Room(height + 8);
            CurvePlot.Draw(_canvas!, picture, new SKRect(Margin, _y, Margin + Width, _y + height), font);
            _y += height + 8;
        }

        private void Table(ReportTable table)
        {
            var total = table.Widths.Sum();
            float[] widths = [.. table.Widths.Select(w => (float)(w / total * Width))];
            Row(table.Headers, widths);
            foreach (var row in table.Rows) Row(row, widths);
            _y += 6;
        }

        private void Row(IReadOnlyList<string> cells, float[] widths)
        {
            using var face = Font(8.5f);
            var lines = cells.Select((c, i) => Lines(c, face, widths[i] - 6)).ToList();
            var height = (lines.Max(l => l.Count) * 11.5f) + 4;
            Room(height);
            var x = Margin;
            for (var column = 0; column < lines.Count; column++)
            {
                for (var line = 0; line < lines[column].Count; line++)
                    _canvas!.DrawText(lines[column][line], x, _y + 9 + (line * 11.5f), SKTextAlign.Left, face, _ink);
                x += widths[column];
            }

            _y += height;
            _canvas!.DrawLine(Margin, _y, Margin + Width, _y, _rule);
            _y += 2;
        }

        private void Text(string text, float size, float after)
        {
            using var face = Font(size);
            foreach (var line in Lines(text, face, Width))
            {
                Room(size * 1.5f);
                _y += size * 1.15f;
                _canvas!.DrawText(line, Margin, _y, SKTextAlign.Left, face, _ink);
                _y += size * 0.3f;
            }

            _y += after;
        }

        private SKFont Font(float size) => new(font.Typeface, size) { Subpixel = true };

        /// <summary>Breaks a text at blanks, and between Chinese characters anywhere.</summary>
        private static List<string> Lines(string text, SKFont face, float width)
        {
            var lines = new List<string>();
            var (line, rest) = (0, text);
            while (rest.Length > 0)
            {
                var fit = Math.Max(1, face.BreakText(rest, width));
                if (fit < rest.Length && char.IsAscii(rest[fit]) && rest[fit] != ' ' && rest.LastIndexOf(' ', fit - 1, fit) is > 0 and var blank) fit = blank + 1;
                lines.Add(rest[..fit].TrimEnd());
                rest = rest[fit..];
                line++;
            }

            return line == 0 ? [""] : lines;
        }

        private void Room(float height)
        {
            if (_canvas is not null && _y + height <= PageHeight - Margin) return;
            End();
            _canvas = document.BeginPage(PageWidth, PageHeight);
            _y = Margin;
            _page++;
        }
    }
}
