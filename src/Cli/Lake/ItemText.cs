using Yunnao.Standards;

namespace Yunnao.Cli.Lake;

/// <summary>How an item and its value are shown to a person: the item's title; a code with its name, a number with its unit.</summary>
internal static class ItemText
{
    public static string Title(Item item, string language) => item.Title.In(language);

    public static string Value(Item item, string value, string language)
    {
        if (item.ValueSet?.Codes.GetValueOrDefault(value) is { } code) return $"{value} {code.Name.In(language)}";
        return item.Unit is { } unit ? $"{value} {unit}" : value;
    }
}
