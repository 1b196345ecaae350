namespace Yunnao.Services.Exports.Targets;

/// <summary>A statement that ClickHouse refused, by its number of the error; what it says may hold values.</summary>
internal sealed class ClickHouseException(int code) : Exception($"ClickHouse code {code}")
{
    public int Code { get; } = code;
}
