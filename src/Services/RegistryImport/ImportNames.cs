using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Yunnao.Standards.Loading;

namespace Yunnao.Services.RegistryImport;

/// <summary>Makes the names of foreign standards into names of the registry: the same name always gives the same one.</summary>
internal static class ImportNames
{
    /// <summary>An id: what it may not hold becomes a dash; one that is too long is cut and told apart by a hash.</summary>
    public static string Id(string text)
    {
        var id = string.Concat(text.Trim().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')).TrimStart('.', '_', '-');
        return id.Length == 0 ? $"X{Hash(text)}" : Short(id, text, '-');
    }

    /// <summary>A column name in snake_case: <c>valueQuantity.value</c> → <c>value_quantity_value</c>.</summary>
    public static string Snake(string text)
    {
        var name = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var inside = name.Length > 0 && name[^1] != '_';
            if (inside && char.IsAsciiLetterUpper(c) && !char.IsAsciiLetterUpper(text[i - 1])) name.Append('_');
            if (char.IsAsciiLetterOrDigit(c)) name.Append(char.ToLowerInvariant(c));
            else if (inside) name.Append('_');
        }

        var snake = name.ToString().Trim('_');
        if (snake.Length == 0) snake = $"x{Hash(text)}";
        if (!char.IsAsciiLetterLower(snake[0])) snake = "x" + snake;
        snake = Short(snake, text, '_');
        return Identifiers.NameFault(snake) is null ? snake : $"{snake}_value";
    }

    private static string Short(string name, string text, char dash) =>
        name.Length <= Identifiers.MaxLength ? name : $"{name[..(Identifiers.MaxLength - 9)].TrimEnd('.', '_', '-')}{dash}{Hash(text)}";

    private static string Hash(string text) =>
        XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(text)).ToString("x8", CultureInfo.InvariantCulture);
}
