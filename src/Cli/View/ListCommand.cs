using System.CommandLine;
using System.Text.Json;

namespace Yunnao.Cli.View;

/// <summary><c>yunnao view list</c>: the views that are shipped.</summary>
internal static class ListCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var command = new Command("list", text["view.list"]);
        command.SetAction(parsed =>
        {
            var listing = new Listing([text["view.col.name"], text["view.col.resource"], text["view.col.title"], text["view.col.columns"]]);
            foreach (var (name, file) in ViewFiles.Shipped(parsed, terminal))
            {
                var json = File.ReadAllBytes(file);
                var (view, _) = Services.Views.View.Read(json, file);
                if (view is not null) listing.Add(name, view.Resource, Title(json, text.Language), string.Join(", ", view.Columns.Select(c => c.Name)));
            }

            terminal.Print(listing);
        });
        return command;
    }

    /// <summary>The title; in Chinese that of the translation extension of FHIR beside it.</summary>
    private static string Title(byte[] json, string language)
    {
        using var document = JsonDocument.Parse(json);
        var title = document.RootElement.TryGetProperty("title", out var plain) ? plain.GetString() ?? "" : "";
        if (language == "en" || !document.RootElement.TryGetProperty("_title", out var beside)) return title;
        var texts = beside.GetProperty("extension").EnumerateArray().SelectMany(e => e.GetProperty("extension").EnumerateArray());
        return texts.FirstOrDefault(e => e.GetProperty("url").GetString() == "content") is { ValueKind: JsonValueKind.Object } content ? content.GetProperty("valueString").GetString()! : title;
    }
}
