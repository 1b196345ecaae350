using ScottPlot;
using SkiaSharp;
using Yunnao.Kernel;

namespace Yunnao.Reports;

/// <summary>The typeface of pictures and pages. The program brings no font: Chinese needs one that the system has or that a file holds.</summary>
public sealed class ReportFont
{
    private const char Sample = '疫';

    private ReportFont(SKTypeface typeface, string name) => (Typeface, Name) = (typeface, name);

    /// <summary>True when the font can write Chinese.</summary>
    public bool Chinese => Typeface.ContainsGlyph(Sample);

    private static bool Complete(SKTypeface? typeface) => typeface is not null && typeface.ContainsGlyph(Sample) && typeface.ContainsGlyph('0');

    internal SKTypeface Typeface { get; }

    /// <summary>The family, as plots ask for it.</summary>
    internal string Name { get; }

    /// <summary>
    /// The font of a file (TrueType, OpenType or a collection of them), else one of the system that can write Chinese, else the system's
    /// own. Problem: <c>report.font</c> (the file is no font).
    /// </summary>
    public static Result<ReportFont> Find(string? file)
    {
        if (file is null)
        {
            // A font manager without fontconfig finds no font by a character; then every family is asked. Some Chinese fonts have no digits.
            var manager = SKFontManager.Default;
            var typeface = manager.FontFamilies.Select(manager.MatchFamily).Prepend(manager.MatchCharacter(Sample)).FirstOrDefault(Complete)
                ?? manager.MatchFamily("DejaVu Sans") ?? SKTypeface.Default;
            return new ReportFont(typeface, typeface.FamilyName);
        }

        if (!File.Exists(file) || SKTypeface.FromFile(file) is not { } loaded)
            return new Problem(ProblemKind.Incorrect, "report.font", "The file cannot be read as a font.", new(file));
        Fonts.AddFontFile(loaded.FamilyName, file, bold: false, italic: false);
        Fonts.AddFontFile(loaded.FamilyName, file, bold: true, italic: false);
        return new ReportFont(loaded, loaded.FamilyName);
    }
}
