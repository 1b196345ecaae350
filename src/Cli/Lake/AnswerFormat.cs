namespace Yunnao.Cli.Lake;

/// <summary>How an answer is printed.</summary>
internal enum AnswerFormat
{
    /// <summary>Drawn on a terminal, tab-separated lines elsewhere.</summary>
    Table,
    Csv,

    /// <summary>One JSON object a line.</summary>
    Json,

    /// <summary>One JSON array of objects.</summary>
    JsonArray,
}
