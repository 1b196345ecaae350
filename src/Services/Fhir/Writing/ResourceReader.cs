using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Yunnao.Formats.Fhir;
using Yunnao.Kernel;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>
/// Reads what was sent in one pass over its bytes: holds it against the structure of FHIR R4 (names, kinds, repetition, forms of values, elements that
/// must be there, codes of required enumerations) and takes down what writing needs. Goes on after a mistake.
/// </summary>
internal sealed class ResourceReader
{
    private const int MostDepth = 64, MostIssues = 50, LongestReference = 2048, LongestCode = 128;

    private readonly byte[] _json;
    private readonly (ElementRule? Rule, int Number)[] _path = new (ElementRule?, int)[MostDepth];
    private readonly byte[] _text = new byte[256];
    private int _depth, _contained;
    private SentEntry _entry;
    private int _resourceDepth;

    private ResourceReader(byte[] json, SentEntry alone) => (_json, _entry, Alone) = (json, alone, alone);

    /// <summary>The resource that was sent; of a Bundle the Bundle.</summary>
    public SentEntry Alone { get; }

    /// <summary>Type of a Bundle.</summary>
    public string? BundleType { get; private set; }

    /// <summary>Entries of a Bundle.</summary>
    public List<SentEntry> Entries { get; } = [];

    /// <summary>Reads a body. The entries carry their own issues; problems of the whole: <c>fhir.json</c>, <c>fhir.encoding</c>, <c>fhir.no-resource-type</c>, <c>fhir.deep</c>.</summary>
    public static Result<ResourceReader> Read(byte[] json)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json)) return new Problem(ProblemKind.Incorrect, "fhir.encoding", "The body is not UTF-8.");
        var read = new ResourceReader(json, new() { Index = -1 });
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MostDepth * 2 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return new Problem(ProblemKind.Incorrect, "fhir.no-resource-type", "The body is no resource: it is not a JSON object.");
            read.Resource(ref reader);
            reader.Read();
        }
        catch (JsonException e)
        {
            return new Problem(ProblemKind.Incorrect, "fhir.json", "The body is not JSON.", new(Line: e.LineNumber + 1, Offset: e.BytePositionInLine));
        }
        catch (TooDeepException)
        {
            return new Problem(ProblemKind.Incorrect, "fhir.deep", $"The body has more than {MostDepth} elements inside each other.");
        }

        return read;
    }

    /// <summary>The reader stands on the beginning of a resource, and at its end afterwards.</summary>
    private void Resource(ref Utf8JsonReader reader)
    {
        var (entry, start) = (_entry, (int)reader.TokenStartIndex);
        var type = TypeOf(reader);
        var rules = type is null ? null : RuleBook.OfResource(type);
        if (_contained == 0) entry.Type = type ?? "";
        if (type is null) Issue("fhir.no-resource-type", "A resource says its type in resourceType.");
        else if (rules is null) Issue("fhir.element", "resourceType is no type of FHIR R4.");
        if (rules is null) reader.Skip();
        else
        {
            var before = _resourceDepth;
            _resourceDepth = _depth;
            Parts(ref reader, rules);
            _resourceDepth = before;
        }

        if (_contained == 0) entry.At = (start, (int)reader.TokenStartIndex + 1);
    }

    /// <summary>The type of the resource on whose beginning a copy of the reader stands.</summary>
    private static string? TypeOf(Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            var isType = !reader.ValueIsEscaped && reader.ValueSpan.SequenceEqual("resourceType"u8);
            reader.Read();
            if (isType) return reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && reader.ValueSpan.Length < 64 ? reader.GetString() : null;
            reader.Skip();
        }

        return null;
    }

    /// <summary>The members of an object on whose beginning the reader stands.</summary>
    private void Parts(ref Utf8JsonReader reader, TypeRules rules)
    {
        ulong values = 0, shadows = 0;
        var any = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            any = true;
            var rule = reader.ValueIsEscaped ? null : rules.Find(reader.ValueSpan);
            if (rule is null)
            {
                Issue("fhir.element", "An element that FHIR R4 does not have here.", UnknownName(reader));
                reader.Skip();
                continue;
            }

            var bit = 1UL << rule.Slot;
            ref var seen = ref rule.IsShadow ? ref shadows : ref values;
            reader.Read();
            Push(rule);
            if ((seen & bit) != 0)
            {
                Issue("fhir.repeated", "An element that may be there once stands there twice, or in two types.");
                reader.Skip();
            }
            else
            {
                seen |= bit;
                Member(ref reader, rule);
            }

            _depth--;
        }

        if (!any) Issue("fhir.empty", "An object without elements.");
        if ((rules.RequiredSlots & ~(values | shadows)) is not 0 and var missing)
        {
            foreach (var (slot, name) in rules.Required)
                if ((missing & (1UL << slot)) != 0) Issue("fhir.required", "An element that must be there is missing.", name);
        }
    }

    private void Member(ref Utf8JsonReader reader, ElementRule rule)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            if (rule.Many) Issue("fhir.kind", "The element repeats, so it is a JSON array.");
            if (rule.Many || reader.TokenType != JsonTokenType.Null) Value(ref reader, rule);
            else Issue("fhir.kind", "An element without a value is left out, not null.");
            return;
        }

        if (!rule.Many)
        {
            Issue("fhir.kind", "The element does not repeat, so it is no JSON array.");
            reader.Skip();
            return;
        }

        var number = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            _path[_depth - 1].Number = number++;

            // In arrays of primitive values null stands where only the other array has something.
            if (reader.TokenType == JsonTokenType.Null && (rule.Primitive != PrimitiveKind.None || rule.IsShadow)) continue;
            if (rule.Watch == ElementWatch.Entries && _depth == 1) Entry(ref reader, rule);
            else Value(ref reader, rule);
        }

        _path[_depth - 1].Number = -1;
        if (number == 0) Issue("fhir.empty", "An array without elements.");
    }

    private void Entry(ref Utf8JsonReader reader, ElementRule rule)
    {
        Entries.Add(_entry = new() { Index = Entries.Count });
        Value(ref reader, rule);
        _entry = Alone;
    }

    private void Value(ref Utf8JsonReader reader, ElementRule rule)
    {
        if (rule.Primitive != PrimitiveKind.None)
        {
            Primitive(ref reader, rule);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Issue("fhir.kind", "The element is a JSON object.");
            reader.Skip();
        }
        else if (rule.Parts is { } parts)
        {
            Parts(ref reader, parts);
        }
        else if (rule.Watch == ElementWatch.Resource)
        {
            Resource(ref reader);
        }
        else
        {
            _contained++;
            Resource(ref reader);
            _contained--;
        }
    }

    private void Primitive(ref Utf8JsonReader reader, ElementRule rule)
    {
        var kind = rule.Primitive;
        var fits = reader.TokenType switch
        {
            JsonTokenType.String => PrimitiveFormat.IsText(kind),
            JsonTokenType.Number => PrimitiveFormat.IsNumber(kind),
            JsonTokenType.True or JsonTokenType.False => kind == PrimitiveKind.Boolean,
            _ => false,
        };
        if (!fits)
        {
            Issue("fhir.kind", $"The value is of another kind than {rule.Type}.");
            reader.Skip();
            return;
        }

        if (reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped && !JsonText.IsWellFormed(reader.ValueSpan))
        {
            Issue("fhir.encoding", "Half a surrogate pair is no text.");
            return;
        }

        var value = Text(reader);
        if (!PrimitiveFormat.Fits(kind, value)) Issue("fhir.primitive", $"The value is not of the form of {rule.Type}.");
        else if (rule.Codes is { } codes && !Holds(codes, value)) Issue("fhir.code", "The code is none of those that FHIR R4 requires here.");
        else if (rule.Watch != ElementWatch.None) Note(reader, rule.Watch, value);
    }

    private static bool Holds(FrozenSet<string> codes, ReadOnlySpan<byte> code)
    {
        Span<char> text = stackalloc char[LongestCode];
        return code.Length <= text.Length && codes.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text[..Encoding.UTF8.GetChars(code, text)]);
    }

    private ReadOnlySpan<byte> Text(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return reader.ValueSpan;
        var text = reader.ValueSpan.Length <= _text.Length ? _text : new byte[reader.ValueSpan.Length];
        return text.AsSpan(0, JsonText.Unescape(reader.ValueSpan, text));
    }

    private void Note(in Utf8JsonReader reader, ElementWatch watch, ReadOnlySpan<byte> value)
    {
        if (_contained > 0) return;
        var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
        if (watch == ElementWatch.Reference)
        {
            if (value.Length > LongestReference) Issue("fhir.reference", "The reference is longer than any is.");
            else if (_depth > 1 && _path[_depth - 2].Rule!.Targets is { } targets && LeadsTo(value) is { } to && !targets.Contains(to)) Issue("fhir.reference-type", $"The reference leads to one of {string.Join(", ", targets.Order(StringComparer.Ordinal))}.");
            else _entry.References.Add(new(start, end, Encoding.UTF8.GetString(value), ReferencePath()));
            return;
        }

        var text = Encoding.UTF8.GetString(value);
        switch (watch)
        {
            case ElementWatch.Profile: _entry.Profiles.Add(text); break;
            case ElementWatch.Id: (_entry.Id, _entry.IdAt) = (text, (start, end)); break;
            case ElementWatch.BundleType when _depth == 1: BundleType = text; break;
            case ElementWatch.FullUrl: _entry.FullUrl = text; break;
            case ElementWatch.Method: _entry.Method = text; break;
            case ElementWatch.Url: _entry.Url = text; break;
            case ElementWatch.IfNoneExist: _entry.IfNoneExist = text; break;
            case ElementWatch.IfMatch: _entry.IfMatch = text; break;
        }
    }

    /// <summary>The path of a reference. Most stand in an element of the resource itself, whose rule belongs to one type: theirs is always the same.</summary>
    private string ReferencePath()
    {
        if (_depth - _resourceDepth != 2 || _path[_depth - 2] is not { Number: < 0, Rule: { } element }) return Path(null);
        return element.ReferencePath ??= Path(null);
    }

    /// <summary>The type in a reference such as <c>Patient/1</c> or an absolute one; null when it says none.</summary>
    private static string? LeadsTo(ReadOnlySpan<byte> reference)
    {
        var last = reference.LastIndexOf((byte)'/');
        if (last <= 0 || reference.Contains((byte)'?')) return null;
        var type = reference[(reference[..last].LastIndexOf((byte)'/') + 1)..last];
        return type.Length < 40 && Encoding.UTF8.GetString(type) is var name && FhirTypes.IsResource(name) ? name : null;
    }

    private void Push(ElementRule rule)
    {
        if (_depth == MostDepth) throw new TooDeepException();
        _path[_depth++] = (rule, -1);
    }

    private void Issue(string code, Sentence message, string? name = null)
    {
        if (_entry.Issues.Count < MostIssues) _entry.Issues.Add(new(Of(code, message), Path(name)));
    }

    /// <summary>The stable codes of this reader, each once as the catalogue of problems wants it.</summary>
    private static Problem Of(string code, Sentence message) => code switch
    {
        "fhir.element" => new(ProblemKind.Incorrect, "fhir.element", message),
        "fhir.kind" => new(ProblemKind.Incorrect, "fhir.kind", message),
        "fhir.repeated" => new(ProblemKind.Incorrect, "fhir.repeated", message),
        "fhir.empty" => new(ProblemKind.Incorrect, "fhir.empty", message),
        "fhir.required" => new(ProblemKind.Incorrect, "fhir.required", message),
        "fhir.primitive" => new(ProblemKind.Incorrect, "fhir.primitive", message),
        "fhir.code" => new(ProblemKind.Incorrect, "fhir.code", message),
        "fhir.encoding" => new(ProblemKind.Incorrect, "fhir.encoding", message),
        "fhir.reference-type" => new(ProblemKind.Incorrect, "fhir.reference-type", message),
        "fhir.reference" => new(ProblemKind.Incorrect, "fhir.reference", message),
        _ => new(ProblemKind.Incorrect, "fhir.no-resource-type", message),
    };

    /// <summary>A name that is not known may be a value in the wrong place: only what looks like a name is repeated.</summary>
    private static string? UnknownName(in Utf8JsonReader reader) =>
        !reader.ValueIsEscaped && reader.ValueSpan.Length is > 0 and < 40 && char.IsAsciiLetterLower((char)reader.ValueSpan[0]) && !reader.ValueSpan.ContainsAnyExceptInRange((byte)'A', (byte)'z')
            ? Encoding.ASCII.GetString(reader.ValueSpan) : null;

    /// <summary>FHIRPath of where the reader is, from the resource of the entry on.</summary>
    private string Path(string? name)
    {
        var first = _contained == 0 ? _resourceDepth : OutermostResource();
        var type = first == 0 ? Alone.Type : _entry.Type;
        var path = new StringBuilder(type.Length > 0 ? type : "Resource");
        for (var i = first; i < _depth; i++)
        {
            path.Append('.').Append(_path[i].Rule!.Name);
            if (_path[i].Number >= 0) path.Append(CultureInfo.InvariantCulture, $"[{_path[i].Number}]");
        }

        if (name is not null) path.Append('.').Append(name);
        return path.ToString();
    }

    /// <summary>Of a contained resource the path begins at what contains it.</summary>
    private int OutermostResource()
    {
        for (var i = _depth - 1; i >= 0; i--)
            if (_path[i].Rule!.Watch == ElementWatch.Resource) return i + 1;
        return 0;
    }

    private sealed class TooDeepException : Exception;
}
