package samescore;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dmg.pmml.MiningFunction;
import org.jpmml.evaluator.Evaluator;
import org.jpmml.evaluator.EvaluatorUtil;
import org.jpmml.evaluator.InputField;
import org.jpmml.evaluator.LoadingModelEvaluatorBuilder;

/**
 * Scores jobs from a text file: each line is three tab-separated paths (PMML document, CSV rows, NDJSON answers).
 * An answer is {"ok": {name: {"type", "value"}}} or {"error": text}; an empty cell of the rows is a missing value.
 * The cells of association rules are collections, their items separated by |.
 */
public final class Run {
  private Run() {}

  public static void main(String[] args) throws IOException {
    for (String line : Files.readAllLines(Path.of(args[0]), StandardCharsets.UTF_8)) {
      if (line.isEmpty()) continue;
      String[] paths = line.split("\t");
      try (BufferedWriter out = Files.newBufferedWriter(Path.of(paths[2]), StandardCharsets.UTF_8)) {
        score(new File(paths[0]), Path.of(paths[1]), out);
      }
    }
  }

  private static void score(File model, Path rows, BufferedWriter out) throws IOException {
    List<List<String>> table = readCsv(rows);
    List<String> header = table.get(0);
    Evaluator evaluator;
    try {
      evaluator = new LoadingModelEvaluatorBuilder().load(model).build();
      evaluator.verify();
    } catch (Exception | StackOverflowError e) {
      for (int i = 1; i < table.size(); i++) writeLine(out, errorOf("load: ", e));
      return;
    }
    boolean isRules = evaluator.getMiningFunction() == MiningFunction.ASSOCIATION_RULES;
    for (int i = 1; i < table.size(); i++) {
      List<String> row = table.get(i);
      try {
        Map<String, Object> given = new LinkedHashMap<>();
        for (int c = 0; c < header.size(); c++) {
          String cell = c < row.size() ? row.get(c) : "";
          given.put(header.get(c), isRules ? Arrays.asList(cell.split("\\|")) : cell.isEmpty() ? null : cell);
        }
        Map<String, org.jpmml.evaluator.FieldValue> prepared = new LinkedHashMap<>();
        for (InputField field : evaluator.getInputFields()) {
          prepared.put(field.getName(), field.prepare(given.get(field.getName())));
        }
        Map<String, ?> results = EvaluatorUtil.decodeAll(evaluator.evaluate(prepared));
        writeLine(out, answerOf(results));
      } catch (Exception | StackOverflowError e) {
        writeLine(out, errorOf("", e));
      }
    }
  }

  private static void writeLine(BufferedWriter out, String line) throws IOException {
    out.write(line);
    out.write('\n');
  }

  private static String errorOf(String prefix, Throwable e) {
    return "{\"error\":" + quote(prefix + e.getClass().getSimpleName() + ": " + e.getMessage()) + "}";
  }

  private static String answerOf(Map<String, ?> results) {
    StringBuilder text = new StringBuilder("{\"ok\":{");
    String separator = "";
    for (Map.Entry<String, ?> entry : results.entrySet()) {
      text.append(separator).append(quote(entry.getKey() == null ? "" : entry.getKey())).append(':');
      appendTyped(text, entry.getValue());
      separator = ",";
    }
    return text.append("}}").toString();
  }

  private static void appendTyped(StringBuilder text, Object value) {
    text.append("{\"type\":\"").append(typeOf(value)).append("\",\"value\":");
    appendValue(text, value);
    text.append('}');
  }

  private static String typeOf(Object value) {
    if (value == null) return "missing";
    if (value instanceof Double) return "float64";
    if (value instanceof Float) return "float32";
    if (value instanceof Long) return "int64";
    if (value instanceof Integer) return "int32";
    if (value instanceof Boolean) return "boolean";
    if (value instanceof Iterable) return "object";
    return "string";
  }

  /** Floats are printed as the double of the same value; 64-bit integers as text, since JSON readers round them. */
  private static void appendValue(StringBuilder text, Object value) {
    if (value == null || value instanceof Integer || value instanceof Boolean) {
      text.append(value);
    } else if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      if (Double.isNaN(number) || Double.isInfinite(number)) text.append(quote(Double.toString(number)));
      else text.append(Double.toString(number));
    } else if (value instanceof Iterable) {
      String separator = "[";
      for (Object item : (Iterable<?>) value) {
        text.append(separator);
        appendTyped(text, item);
        separator = ",";
      }
      text.append(separator.equals("[") ? "[]" : "]");
    } else {
      text.append(quote(value.toString()));
    }
  }

  private static String quote(String value) {
    StringBuilder text = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') text.append('\\').append(c);
      else if (c < 0x20 || Character.isSurrogate(c)) text.append(String.format("\\u%04x", (int) c));
      else text.append(c);
    }
    return text.append('"').toString();
  }

  /** Comma-separated values with double quotes, as in RFC 4180. */
  private static List<List<String>> readCsv(Path path) throws IOException {
    List<List<String>> table = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    boolean any = false;
    try (BufferedReader in = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      for (int read = in.read(); read != -1; read = in.read()) {
        char c = (char) read;
        any = true;
        if (quoted) {
          if (c != '"') {
            cell.append(c);
            continue;
          }
          in.mark(1);
          if (in.read() == '"') {
            cell.append('"');
          } else {
            in.reset();
            quoted = false;
          }
        } else if (c == '"') {
          quoted = true;
        } else if (c == ',' || c == '\n') {
          row.add(cell.toString());
          cell.setLength(0);
          if (c == '\n') {
            table.add(row);
            row = new ArrayList<>();
            any = false;
          }
        } else if (c != '\r') {
          cell.append(c);
        }
      }
    }
    if (any) {
      row.add(cell.toString());
      table.add(row);
    }
    return table;
  }
}
