using System.Globalization;
using Yunnao.Standards;

namespace Yunnao.Synthetic.Catalogue;

/// <summary>Reads the attribute columns of the registry's code lists.</summary>
internal static class Attributes
{
    public static string Text(Code code, string name) => code.Attributes.GetValueOrDefault(name) ?? "";

    public static double? Number(Code code, string name) =>
        double.TryParse(Text(code, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
}
