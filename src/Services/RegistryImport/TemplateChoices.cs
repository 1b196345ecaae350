using Yunnao.Standards;

namespace Yunnao.Services.RegistryImport;

/// <summary>The drop-downs of the template.</summary>
internal sealed class TemplateChoices(Registry registry)
{
    private readonly string[] _status = ["draft", "standard", "superseded"];
    private readonly string[] _provisional = ["yes"];
    private readonly string[] _elements = Sorted(registry.Elements.Keys);
    private readonly string[] _valueSets = Sorted(registry.ValueSets.Keys);
    private readonly string[] _units = Sorted(registry.Units.Keys);
    private readonly string[] _types = Enum.GetNames<ElementType>();
    private readonly string[] _card = ["1", "0..1"];
    private readonly string[] _level = ["1", "2", "3", "4", "5"];
    private readonly string[] _deid = [.. Enum.GetNames<Deid>().Select(d => d.ToLowerInvariant())];
    private readonly string[] _severity = [.. Enum.GetNames<Severity>().Select(s => s.ToLowerInvariant())];

    /// <summary>The values that a column takes, or null for a column that takes any text.</summary>
    public IReadOnlyList<string>? Of(string sheet, string column) => (sheet, column) switch
    {
        (_, "status") => _status,
        (_, "provisional") => _provisional,
        ("elements", "type") => _types,
        ("items", "card") => _card,
        ("items", "level") => _level,
        ("items", "deid") => _deid,
        ("checks", "severity") => _severity,

        ("items", "unit") => _units,
        ("items", "element") => _elements,
        ("items" or "elements", "value_set") => _valueSets,
        _ => null,
    };

    /// <summary>True where the entry may be new, on its own sheet of the same workbook.</summary>
    public static bool OthersToo(string column) => column is "unit" or "element" or "value_set";

    private static string[] Sorted(IEnumerable<string> ids) => [.. ids.Order(StringComparer.Ordinal)];
}
