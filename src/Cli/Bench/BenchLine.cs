using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Yunnao.Cli.Bench;

/// <summary>
/// The one line of JSON that a benchmark prints: <c>bench</c>, <c>ours</c>, <c>rival</c>, <c>rival_name</c>, <c>ratio</c> (how many times
/// better than the rival), <c>unit</c>, <c>rows</c>, then fields of its own, then <c>peak_mb</c> and <c>machine</c>.
/// </summary>
internal sealed class BenchLine(string bench, string unit)
{
    private static readonly string Machine = string.Join(
        ", ", $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}", $"{Environment.ProcessorCount} cores", RuntimeInformation.FrameworkDescription);

    private readonly List<(string Name, object? Value)> _more = [];

    /// <summary>Our figure, in the unit of the line.</summary>
    public required double Ours { get; init; }

    /// <summary>The rival's figure in the same run, or null when there is none.</summary>
    public double? Rival { get; init; }

    /// <summary>What the rival is; or why there is none.</summary>
    public required string RivalName { get; init; }

    /// <summary>How many times better than the rival, or null without one.</summary>
    public double? Ratio { get; init; }

    /// <summary>Size of the input.</summary>
    public required long Rows { get; init; }

    /// <summary>Peak memory of what was measured, in MB; null stands for that of this process until now.</summary>
    public long? PeakMb { get; init; }

    /// <summary>Adds a field of this benchmark: a number or a text.</summary>
    public BenchLine With(string name, object? value)
    {
        _more.Add((name, value));
        return this;
    }

    /// <summary>The line.</summary>
    public override string ToString()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Write(json, "bench", bench);
            Write(json, "ours", Ours);
            Write(json, "rival", Rival);
            Write(json, "rival_name", RivalName);
            Write(json, "ratio", Ratio);
            Write(json, "unit", unit);
            Write(json, "rows", Rows);
            foreach (var (name, value) in _more) Write(json, name, value);
            Write(json, "peak_mb", PeakMb ?? PeakMemory.Mb);
            Write(json, "machine", Machine);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        json.WritePropertyName(name);
        switch (value)
        {
            case null or double.NaN or double.PositiveInfinity or double.NegativeInfinity: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case double number: json.WriteNumberValue(Math.Round(number, 4)); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            default: throw new ArgumentException($"No JSON for {value.GetType()}.", nameof(value));
        }
    }
}
