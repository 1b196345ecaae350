using Yunnao.Standards.Loading;

namespace Yunnao.Services.RegistryImport;

/// <summary>A sheet of the template workbook: the columns of a file of the registry, behind the owner where the file is one of many.</summary>
/// <param name="File">Columns of the file, see <see cref="RegistryColumns"/>.</param>
/// <param name="Owner">Column that names the data set or value set of a row, or null.</param>
/// <param name="Open">True when further columns are welcome.</param>
internal sealed record TemplateSheet(string Name, string File, string? Owner = null, bool Open = false)
{
    public static readonly TemplateSheet[] All =
    [
        new("datasets", RegistryColumns.DataSets),
        new("items", RegistryColumns.Items, "dataset"),
        new("elements", RegistryColumns.Elements),
        new("valuesets", RegistryColumns.ValueSets),
        new("codes", RegistryColumns.Codes, "value_set", Open: true),
        new("checks", RegistryColumns.Checks),
        new("units", RegistryColumns.Units),
    ];

    public string[] Columns { get; } = [.. Owner is null ? Array.Empty<string>() : [Owner], .. RegistryColumns.Names(File)];
}
