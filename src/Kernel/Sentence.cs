using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Serialization;

namespace Yunnao.Kernel;

/// <summary>
/// A sentence for people: written in English where it is said (<c>$"limit is a whole number from 1 to {longest}."</c>), read in the language of
/// whoever asks. It keeps its form, <c>limit is a whole number from 1 to {0}.</c>, apart from its values; the forms in other languages are in
/// <c>Resources/Sentences.&lt;language&gt;.resx</c>, by the English form. A value that is a sentence itself is read in the same language; all
/// others stay as they are, numbers and times in the invariant culture. A text of others, which nobody translates, is said as a value.
/// </summary>
[InterpolatedStringHandler]
[JsonConverter(typeof(SentenceJson))]
public sealed class Sentence : IEquatable<Sentence>
{
    private readonly StringBuilder _form;
    private readonly List<object> _values;

    /// <summary>For the compiler, which makes a sentence of an interpolated string: the length of what stands, and the number of values.</summary>
    public Sentence(int literalLength, int formattedCount)
    {
        _form = new(literalLength + 3 * formattedCount);
        _values = new(formattedCount);
    }

    /// <summary>The English form: a composite format string with a placeholder for each value, in order.</summary>
    public string Form => _form.ToString();

    /// <summary>The values in order: texts, and parts that are sentences.</summary>
    public IReadOnlyList<object> Values => _values;

    /// <summary>A sentence without values.</summary>
    public static implicit operator Sentence(string text) => FromString(text);

    /// <summary>A sentence without values.</summary>
    public static Sentence FromString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var sentence = new Sentence(text.Length, 0);
        sentence.AppendLiteral(text);
        return sentence;
    }

    /// <summary>The sentence of a form and its values, as <see cref="Form"/> and <see cref="Values"/> gave them.</summary>
    public static Sentence Of(string form, IReadOnlyList<object> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var sentence = new Sentence(0, values.Count);
        sentence._form.Append(form);
        sentence._values.AddRange(values);
        return sentence;
    }

    /// <summary>For the compiler: what stands.</summary>
    public void AppendLiteral(string value) =>
        _form.Append(value.Contains('{', StringComparison.Ordinal) || value.Contains('}', StringComparison.Ordinal)
            ? value.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal)
            : value);

    /// <summary>For the compiler: a value.</summary>
    public void AppendFormatted<T>(T value, string? format = null)
    {
        _form.Append('{').Append(_values.Count).Append('}');
        _values.Add(value switch
        {
            Sentence sentence => (object)sentence,
            IFormattable formattable => formattable.ToString(format, CultureInfo.InvariantCulture),
            _ => value?.ToString() ?? "",
        });
    }

    /// <summary>For the compiler: a value.</summary>
    public void AppendFormatted(ReadOnlySpan<char> value) => AppendFormatted(value.ToString());

    /// <summary>The sentence in the language of the texts; in English where they have no form of it.</summary>
    public string In(Text text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var form = Form;
        return string.Format(CultureInfo.InvariantCulture, text.FormOf(form) ?? form, [.. _values.Select(v => v is Sentence part ? part.In(text) : v)]);
    }

    /// <summary>The sentence in English.</summary>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, Form, [.. _values]);

    /// <summary>Sentences are equal when they say the same.</summary>
    public bool Equals(Sentence? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Sentence);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
