using System.Globalization;
using Microsoft.AspNetCore.Http;
using Yunnao.Formats.Dicom.Pixels;
using Yunnao.Kernel;

namespace Yunnao.Services.Imaging.Web;

/// <summary>
/// How a picture is wanted: window, viewport and quality of WADO-RS (PS3.18, 8.3.5), or windowCenter, windowWidth, rows, columns and
/// imageQuality of WADO-URI (9.5).
/// </summary>
/// <param name="Width">Of the box into which the picture is to fit, in pixels; null for that of the image.</param>
/// <param name="Height">Of that box.</param>
/// <param name="Quality">1 to 100.</param>
internal sealed record RenderRequest(RenderOptions Options, int? Width, int? Height, int Quality)
{
    private const int MostPixels = 16_384;
    private const int UsualQuality = 90;

    /// <summary>Reads the query. Problem: <c>imaging.query-parameter</c>.</summary>
    public static Result<RenderRequest> Of(IQueryCollection query)
    {
        var options = new RenderOptions();
        if (Text(query, "window") is { } window)
        {
            var parts = window.Split(',');
            if (parts.Length is not (2 or 3) || Number(parts[0]) is not { } centre || Number(parts[1]) is not { } width || width <= 0) return Wrong("window", "centre,width,function");
            options = options with { WindowCenter = centre, WindowWidth = width };
            if (parts.Length == 3)
            {
                WindowFunction? function = parts[2] switch { "linear" => WindowFunction.Linear, "linear-exact" => WindowFunction.LinearExact, "sigmoid" => WindowFunction.Sigmoid, _ => null };
                if (function is null) return Wrong("window", "centre,width,function with the function linear, linear-exact or sigmoid");
                options = options with { Function = function };
            }
        }

        if (Text(query, "windowCenter") is { } oldCentre && Text(query, "windowWidth") is { } oldWidth)
        {
            if (Number(oldCentre) is not { } centre || Number(oldWidth) is not { } width || width <= 0) return Wrong("windowWidth", "a number above 0");
            options = options with { WindowCenter = centre, WindowWidth = width };
        }

        int? columns = null, rows = null;
        if (Text(query, "viewport") is { } viewport)
        {
            var parts = viewport.Split(',');
            if (parts.Length != 2 || (columns = Size(parts[0])) is null || (rows = Size(parts[1])) is null) return Wrong("viewport", "width,height in pixels");
        }

        if (Text(query, "columns") is { } wide && (columns = Size(wide)) is null) return Wrong("columns", "a number of pixels");
        if (Text(query, "rows") is { } high && (rows = Size(high)) is null) return Wrong("rows", "a number of pixels");
        var quality = UsualQuality;
        if ((Text(query, "quality") ?? Text(query, "imageQuality")) is { } asked && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out quality) || quality is < 1 or > 100))
            return Wrong("quality", "a number from 1 to 100");
        return new RenderRequest(options, columns, rows, quality);
    }

    /// <summary>The size of the picture of an image: as large as fits into the box, in the image's own shape.</summary>
    public (int Width, int Height) SizeOf(int width, int height)
    {
        if (Width is null && Height is null) return (width, height);
        var scale = Math.Min((Width ?? int.MaxValue) / (double)width, (Height ?? int.MaxValue) / (double)height);
        return ((int)Math.Clamp(Math.Round(width * scale), 1, MostPixels), (int)Math.Clamp(Math.Round(height * scale), 1, MostPixels));
    }

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static int? Size(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= MostPixels ? size : null;

    private static Problem Wrong(string name, Sentence form) => new(ProblemKind.Incorrect, "imaging.query-parameter", $"Write {name} as {form}.");
}
